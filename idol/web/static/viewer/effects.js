/** Light around the picture: the ambient glow taken from the video, and confetti. */

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Paint the video into a canvas of a few pixels, now and then; stretched, they are a soft glow. */
export function ambient(video, canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  const paint = () => {
    if (!document.hidden && video.readyState >= 2) {
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      canvas.classList.add("lit");
    }
  };
  return setInterval(paint, 1000);
}

const HUES = [335, 42, 262, 190, 12];

/** Throw confetti once. Nothing moves for those who asked for calm. */
export function confetti(layer, pieces = 44) {
  if (calm.matches) return;
  for (let n = 0; n < pieces; n += 1) {
    const bit = document.createElement("i");
    const side = n % 2 ? 1 : -1;
    const set = (name, value) => bit.style.setProperty(name, value);
    set("--x", `${side * (6 + Math.random() * 44)}vw`);
    set("--up", `${-(30 + Math.random() * 42)}vh`);
    set("--spin", `${Math.round(360 + Math.random() * 900)}deg`);
    set("--hue", HUES[n % HUES.length]);
    set("--wait", `${(Math.random() * 0.25).toFixed(2)}s`);
    bit.addEventListener("animationend", () => bit.remove());
    layer.append(bit);
  }
}
