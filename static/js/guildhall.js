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

  document.querySelector(".error-summary")?.focus();
})();
