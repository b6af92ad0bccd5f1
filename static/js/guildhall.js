// Small comforts. Every page does its whole job without this file.
"use strict";
(() => {
  const typing = (element) =>
    element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  const openMenus = () => document.querySelectorAll("details.menu[open]");

  // A logo that cannot be shown uncovers the monogram behind it. Errors do not bubble: capture.
  const hideIfBroken = (image) => {
    if (image.tagName === "IMG" && image.closest(".logo")) image.hidden = true;
  };
  document.addEventListener("error", (event) => hideIfBroken(event.target), true);
  for (const image of document.querySelectorAll(".logo img")) {
    if (image.complete && image.naturalWidth === 0) hideIfBroken(image);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      const search = document.querySelector("input[type=search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.key === "Escape") {
      for (const menu of openMenus()) {
        if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
        menu.open = false;
      }
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });

  // A moment of somebody else's time zone, told in the reader's own as well.
  for (const time of document.querySelectorAll("time[data-local-time]")) {
    // As the server tells it: plain English would be American, with the month first.
    const lang = document.documentElement.lang.replace(/^en$/, "en-GB");
    const words = { dateStyle: "long", timeStyle: "short" };
    const local = new Intl.DateTimeFormat(lang, words).format(new Date(time.dateTime));
    time.append(` – ${time.dataset.localTime.replace("{time}", local)}`);
  }

  // A list may come from a file: its text goes into the field, to be seen and changed before it is sent.
  for (const area of document.querySelectorAll("textarea[data-file]")) {
    const [label, picker] = [document.createElement("label"), document.createElement("input")];
    label.className = "field__file";
    picker.type = "file";
    picker.accept = ".csv,.tsv,.txt,text/csv,text/plain";
    picker.addEventListener("change", async () => {
      if (picker.files.length) area.value = await picker.files[0].text();
    });
    label.append(`${area.dataset.file} `, picker);
    area.after(label);
  }

  document.querySelector(".error-summary")?.focus();
})();
