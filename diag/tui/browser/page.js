// What stands in a log is no link: nothing on the page opens another one.
window.open = () => null;

// Keys go to the screens without a click, and to the button when they are gone.
const giveFocus = () => {
  const state = document.body.classList;
  if (state.contains("-closed")) document.getElementById("again").focus();
  else if (state.contains("-loaded"))
    document.querySelector(".xterm-helper-textarea")?.focus();
};
window.addEventListener("focus", giveFocus);
window.addEventListener("DOMContentLoaded", () => {
  const again = document.getElementById("again");
  again.addEventListener("click", () => location.reload());
  new MutationObserver(giveFocus).observe(document.body, {
    attributeFilter: ["class"],
  });
});
