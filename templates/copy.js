// Puts a button behind each address of a feed that copies it. Without this script one click selects an address.
(function () {
  "use strict";
  var said = document.querySelector(".said");

  function select(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  function tell(button, words) {
    said.textContent = words;
    button.textContent = "Copied";
    window.setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }

  document.querySelectorAll("button.copy").forEach(function (button) {
    var address = button.previousElementSibling;
    button.setAttribute("aria-label", "Copy " + address.textContent);
    button.hidden = false;
    button.addEventListener("click", function () {
      select(address);
      var words = "Copied: " + address.textContent;
      if (navigator.clipboard) {
        navigator.clipboard.writeText(address.textContent).then(
          function () { tell(button, words); },
          function () { said.textContent = "The address is selected: copy it with your browser."; });
      } else if (document.execCommand("copy")) {
        tell(button, words);
      }
    });
  });
})();
