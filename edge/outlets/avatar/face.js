// The device works out where each part of the face is; this sets it. Nothing is asked for while nobody can see it.
"use strict";

const face = document.getElementById("face");
const dark = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let moves = null;

function show(told) {
  for (const [name, attributes] of Object.entries(told.shapes)) {
    const shape = document.getElementById(name);
    for (const [key, value] of Object.entries(attributes)) {
      shape.setAttribute(key, value);
    }
  }
  document.documentElement.style.backgroundColor = told.ground;
  document.body.style.backgroundColor = told.ground;
  if (told.label !== undefined) {
    face.setAttribute("aria-label", told.label);
    document.documentElement.lang = told.language;
  }
}

function look() {
  if (moves !== null) {
    moves.close();
    moves = null;
  }
  if (document.hidden) {
    return;
  }
  const wishes = new URLSearchParams({ shade: dark.matches ? "dark" : "light", still: calm.matches ? "1" : "0" });
  moves = new EventSource(`moves?${wishes}`);
  moves.onopen = () => face.classList.remove("away");
  moves.onerror = () => {
    face.classList.add("away");
    if (moves.readyState === EventSource.CLOSED) {
      setTimeout(look, 3000);
    }
  };
  moves.onmessage = (event) => show(JSON.parse(event.data));
}

document.addEventListener("visibilitychange", look);
dark.addEventListener("change", look);
calm.addEventListener("change", look);
look();
