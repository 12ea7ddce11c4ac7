// Only comfort: without it everything is there, rows and texts are folded by the browser.
(() => {
  const all = document.querySelector("#leaderboard-all");
  const table = document.querySelector("#leaderboard table");
  if (all && table) {
    all.hidden = false;
    table.classList.add("short");
    all.addEventListener("click", () => {
      const short = table.classList.toggle("short");
      all.textContent = short ? all.dataset.more : all.dataset.less;
      all.setAttribute("aria-expanded", String(!short));
    });
  }
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("#way details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
})();
