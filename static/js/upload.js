// Follows an upload until it has come to its next stop. Without it the page says the same after a reload.
(() => {
    "use strict";
    const page = document.getElementById("upload");
    const url = page && page.dataset.stateUrl;
    if (!url) {
        return;
    }
    const bar = document.getElementById("upload-progress");
    const text = document.getElementById("upload-done");
    const nobody = document.getElementById("upload-nobody");

    const look = async () => {
        try {
            const answer = await fetch(url, { headers: { Accept: "application/json" } });
            const found = await answer.json();
            if (!found.moving) {
                window.location.reload();
                return;
            }
            bar.max = found.total;
            bar.value = found.done;
            text.textContent = `${found.done} / ${found.total}`;
            nobody.hidden = !found.nobody;
        } catch {
            // The next look may reach the shop.
        }
        window.setTimeout(look, 1500);
    };
    window.setTimeout(look, 1000);
})();
