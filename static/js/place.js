// Where a panel stands that belongs to something on the page.
const MARGIN_PX = 8;

// Above the anchor when there is room, below otherwise, and always inside the window. The panel is shown already.
export function placeBeside(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const above = box.top - size.height - MARGIN_PX;
  const top = above >= MARGIN_PX ? above : Math.min(box.bottom + MARGIN_PX, innerHeight - size.height - MARGIN_PX);
  const wantedLeft = box.left + box.width / 2 - size.width / 2;
  const left = Math.max(MARGIN_PX, Math.min(wantedLeft, innerWidth - size.width - MARGIN_PX));
  panel.style.top = `${Math.max(MARGIN_PX, top)}px`;
  panel.style.left = `${left}px`;
}
