// Marks the page while its letters are so large that few fit on a line: then what lies over the
// page, such as the button at its foot, goes into the page. A media query would know the browser's
// usual size of letters only. A classic script in the head.
(function () {
  "use strict";
  const FEW = 14; // rem; a phone of 360 pixels has 20 of them
  const root = document.documentElement;

  function look() {
    const across = innerWidth / parseFloat(getComputedStyle(root).fontSize);
    root.toggleAttribute("data-few-letters", across < FEW);
  }

  addEventListener("resize", look);
  new ResizeObserver(look).observe(root);
})();
