// Draws what is live anew each second, and keeps what a person has opened, scrolled and focused. The page works without it.
async function draw() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const details of document.querySelectorAll("details[id]")) {
    const same = fresh.getElementById(details.id);
    if (same) same.open = details.open;
  }
  const focused = document.activeElement;
  const place = focused.closest("[id]")?.id;
  for (const now of document.querySelectorAll(".live")) {
    const next = fresh.getElementById(now.id);
    if (next) update(now, next);
  }
  // What was focused may have been drawn anew.
  const again = place && !focused.isConnected && document.getElementById(place);
  if (again) (again.querySelector(":scope > summary") ?? again).focus();
}

// Changes only the entries of a list that have changed. What is no list of entries with ids is replaced.
function update(now, next) {
  if (now.isEqualNode(next)) return;
  const entries = [...next.children];
  if (!entries.length || !entries.every((entry) => entry.id)) return now.replaceWith(next);
  for (const old of [...now.children]) {
    if (!entries.some((entry) => entry.id === old.id)) old.remove();
  }
  let place = now.firstElementChild;
  for (const entry of entries) {
    if (place?.id !== entry.id) {
      now.insertBefore(entry, place);
      continue;
    }
    const old = place;
    place = place.nextElementSibling;
    if (!old.isEqualNode(entry)) old.replaceWith(entry);
  }
}

async function forever() {
  const offline = document.getElementById("offline");
  for (;;) {
    await new Promise((resume) => setTimeout(resume, 1000));
    if (document.hidden) continue;
    try {
      await draw();
      offline.hidden = true;
    } catch {
      offline.textContent = "The emulator does not answer: this is how things were.";
      offline.hidden = false;
    }
  }
}

if (document.querySelector(".live")) forever();
