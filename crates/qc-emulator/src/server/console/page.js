// Draws what changes anew each second, and keeps open what was opened. The page works without it.
async function draw() {
  const answer = await fetch("/", { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [now, next] = [document.getElementById("live"), fresh.getElementById("live")];
  if (!next || now.innerHTML === next.innerHTML) return;
  for (const details of now.querySelectorAll("details[id]")) {
    const same = next.querySelector("#" + CSS.escape(details.id));
    if (same) same.open = details.open;
  }
  now.replaceWith(next);
}

async function forever() {
  for (;;) {
    await new Promise((resume) => setTimeout(resume, 1000));
    if (!document.hidden) await draw().catch(() => {});
  }
}

forever();
