"""Figures in the one form of this repository, for bin/prove: sentences, and lines of a name, a number and, where it is
promised, the number that it has to be, with a tab between them."""

import os
import re

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
# What the sentences of scenarios count, and what of it must be zero.
COUNTED = {"kills": r"(\d+) (?:kills|stops)\b", "writes": r"(\d+) writes, ", "acknowledged": r"(\d+) acknowledged"}
NEVER = {"lost": r"\blost (\d+)", "twice": r"\btwice (\d+)", "partial": r"\bpartial (\d+)"}


def keep(name, sentences, figures):
    """`figures` are names with a number, and "0" where zero is promised."""
    folder = os.path.join(TOP, "target", "figures")
    os.makedirs(folder, exist_ok=True)
    lines = [*sentences, *(f"{what}\t{number}\t{promised}" for what, number, promised in figures)]
    with open(os.path.join(folder, f"{name}.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def of(sentences):
    """The figures in the sentences of scenarios, summed."""
    def total(pattern):
        return sum(int(number) for sentence in sentences for number in re.findall(pattern, sentence))
    counted = [(what, total(pattern), "") for what, pattern in COUNTED.items()]
    return [one for one in counted if one[1]] + [(what, total(pattern), "0") for what, pattern in NEVER.items()]
