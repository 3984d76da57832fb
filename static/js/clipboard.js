// Puts text on the clipboard, also on a page at a plain address of the network, where browsers lock the newer way.
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const back = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  back?.focus();
  if (!copied) throw new Error("the browser does not let a page copy");
}
