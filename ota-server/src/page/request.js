document.getElementById("request").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const answer = await fetch("/requests", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ terminal: form.get("terminal"), item: form.get("item") }),
  });
  const body = await answer.json();
  if (answer.ok) location.href = body.url + "/page";
  else document.getElementById("answer").textContent = body.error;
});
