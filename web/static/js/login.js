// The tick that shows a password while it is typed: with gloves, in the sun, nobody types blind.
const tick = document.querySelector("[data-shows]");
const field = document.getElementById(tick.dataset.shows);
tick.addEventListener("change", () => {
  field.type = tick.checked ? "text" : "password";
});
