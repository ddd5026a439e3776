// Rows chosen in a list: all at once by the box in its head, and how many there are, told as it changes.
const form = document.getElementById("several");
const boxes = [...document.querySelectorAll('input[name="chosen"]')];
const all = document.getElementById("choose-all");
const told = document.getElementById("how-many");

function tell() {
  const number = boxes.filter((box) => box.checked).length;
  told.textContent = form.dataset.chosen.replace("0", String(number));
  all.checked = number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
}

all.closest("label").hidden = false;
all.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
  tell();
});
for (const box of boxes) box.addEventListener("change", tell);
tell();
