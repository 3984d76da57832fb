// Sets the reader's choice of theme before the first paint. A plain script, because modules run too late for that.
(function () {
  try {
    const choice = localStorage.getItem("kith.theme");
    if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  } catch {
    // Storage may be switched off; then the system's theme stays.
  }
})();
