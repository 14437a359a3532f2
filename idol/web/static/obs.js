/**
 * She alone on a transparent page, for OBS's browser source: the programme, drawn on the "key"
 * stage, with its green taken out. /obs?key=00b140&near=0.16&far=0.3 fits another green.
 * Sound: /obs?sound=1, and "control audio via OBS" in the source.
 */

import { WhepPlayer } from "/static/viewer/whep.js";

const VERTEX = `attribute vec2 at; varying vec2 uv;
void main() { uv = vec2(at.x, 1.0 - at.y); gl_Position = vec4(at * 2.0 - 1.0, 0, 1); }`;

// Distance in chroma alone (BT.601), so that a shadow on the green is green too.
const FRAGMENT = `precision mediump float; varying vec2 uv; uniform sampler2D picture;
uniform vec3 key; uniform vec2 edge;
vec2 chroma(vec3 c) { return vec2(dot(c, vec3(-0.169, -0.331, 0.5)), dot(c, vec3(0.5, -0.419, -0.081))); }
void main() {
  vec3 c = texture2D(picture, uv).rgb;
  float alpha = smoothstep(edge.x, edge.y, distance(chroma(c), chroma(key)));
  c.g = min(c.g, mix(max(c.r, c.b), c.g, alpha)); // what green light fell on her edges goes
  gl_FragColor = vec4(c * alpha, alpha);
}`;

/** Draws `source` (a video or a canvas) into `canvas` without its green: a function to call for each picture. */
export function keyer(canvas, source, { key = [0, 0xb1 / 255, 0x40 / 255], near = 0.16, far = 0.3 } = {}) {
  const gl = canvas.getContext("webgl", { premultipliedAlpha: true, preserveDrawingBuffer: true });
  if (!gl) return null;
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.bindAttribLocation(program, 0, "at");
  gl.vertexAttribPointer(gl.getAttribLocation(program, "at"), 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.uniform3fv(gl.getUniformLocation(program, "key"), key);
  gl.uniform2f(gl.getUniformLocation(program, "edge"), near, far);
  return () => {
    const width = source.videoWidth || source.width;
    const height = source.videoHeight || source.height;
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    gl.viewport(0, 0, width, height);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, source);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  };
}

function options(query) {
  const found = {};
  const green = /^#?([0-9a-f]{6})$/i.exec(query.get("key") ?? "")?.[1];
  if (green) found.key = [0, 2, 4].map((at) => parseInt(green.slice(at, at + 2), 16) / 255);
  for (const name of ["near", "far"]) {
    const value = Number.parseFloat(query.get(name) ?? "");
    if (value > 0 && value < 1) found[name] = value;
  }
  return found;
}

function run() {
  const video = document.querySelector("video");
  const status = document.querySelector("p");
  const query = new URLSearchParams(location.search);
  video.muted = query.get("sound") !== "1";
  const draw = keyer(document.querySelector("canvas"), video, options(query));
  if (!draw) {
    status.textContent = "This browser has no WebGL. / 此浏览器不支持 WebGL。";
    return;
  }
  const player = new WhepPlayer({
    video,
    onstate: (state) => (document.documentElement.dataset.state = state),
    onframe: draw,
  });
  player.start();
  addEventListener("online", () => player.wake());
}

run();
