// A line at the lower edge of the window: as long as its model lives, and in no cell's output.
export default {
  initialize({ model }) {
    const line = document.createElement("div");
    line.className = "course-waiting";
    line.setAttribute("role", "progressbar");
    line.style.cssText = `position: fixed; z-index: 1000; bottom: 2.5em; left: 50%; transform: translateX(-50%);
      padding: 0.4em 1em; border: 1px solid; border-radius: 4px; white-space: pre; font-size: 13px;
      font-family: var(--jp-code-font-family, monospace); font-variant-numeric: tabular-nums;
      color: var(--jp-ui-font-color0, #000); background: var(--jp-layout-color1, #fff)`;
    const tell = () => {
      line.textContent = model.get("text");
      line.setAttribute("aria-valuetext", model.get("text"));
      line.hidden = !line.textContent;
    };
    model.on("change:text", tell);
    model.on("change:comm_live comm_live_update", () => model.get("comm_live") === false && line.remove());
    tell();
    document.body.append(line);
    return () => line.remove();
  },
};
