// What a page of the product is made to note down for the tests: every event of its websocket,
// every frame with how far the mouth is open, and the sound that it received.
(() => {
  const noted = (window.noted = { events: [], frames: [], sound: [], sockets: [] });
  const now = () => performance.timeOrigin + performance.now();

  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...args) {
      super(...args);
      noted.sockets.push(this);
      this.addEventListener("message", ({ data }) => noted.events.push({ at: now(), event: JSON.parse(data) }));
    }
  };

  noted.say = (message) => noted.sockets.at(-1).send(JSON.stringify(message));

  // Where her mouth can be in the portrait picture; inside it the chroma V tells an open mouth
  // (red) from skin and a smile at rest.
  const [LEFT, TOP, WIDE, HIGH] = [285, 535, 140, 75];
  noted.look = () => {
    const video = document.querySelector("video");
    const small = Object.assign(document.createElement("canvas"), { width: 75, height: 50 });
    const pen = small.getContext("2d", { willReadFrequently: true });
    const step = (at, { rtpTimestamp }) => {
      video.requestVideoFrameCallback(step);
      pen.drawImage(video, LEFT, TOP, WIDE, HIGH, 0, 0, 75, 50);
      const { data } = pen.getImageData(0, 0, 75, 50);
      let open = 0;
      for (let i = 0; i < data.length; i += 4)
        open += 0.5 * data[i] - 0.419 * data[i + 1] - 0.081 * data[i + 2] + 128 > 171;
      noted.frames.push({ at: performance.timeOrigin + at, pts: (rtpTimestamp * 48) / 90, open });
    };
    video.requestVideoFrameCallback(step);
  };

  const TAP = `registerProcessor("tap", class extends AudioWorkletProcessor {
    constructor() { super(); this.block = new Float32Array(320); this.filled = 0; }
    process([input]) {
      const samples = input[0] ?? new Float32Array(128);
      for (const sample of samples) {
        this.block[this.filled++] = sample;
        if (this.filled === 320) { this.port.postMessage(this.block); this.filled = 0; }
      }
      return true;
    }
  })`;

  // 16 kHz, in blocks of 20 ms with the time at which each was heard. A new stream of the same
  // page (after a reconnect) is taken up by itself.
  noted.listen = async () => {
    const context = new AudioContext({ sampleRate: 16_000 });
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAP], { type: "text/javascript" })));
    const tap = new AudioWorkletNode(context, "tap");
    tap.port.onmessage = ({ data }) => {
      let sum = 0;
      for (const sample of data) sum += sample * sample;
      noted.sound.push({ at: now(), level: Math.sqrt(sum / data.length), pcm: data });
    };
    tap.connect(new GainNode(context, { gain: 0 })).connect(context.destination);
    let heard = null;
    let source = null;
    setInterval(() => {
      const stream = document.querySelector("video").srcObject;
      if (!stream?.getAudioTracks().length || stream === heard) return;
      source?.disconnect();
      heard = stream;
      source = context.createMediaStreamSource(stream);
      source.connect(tap);
    }, 50);
  };

  // Sound between two times, as base64 of 16-bit samples.
  noted.recording = (from, to) => {
    const blocks = noted.sound.filter(({ at }) => at >= from && at < to);
    const pcm = new Int16Array(blocks.length * 320);
    blocks.forEach(({ pcm: block }, i) => block.forEach((s, j) => (pcm[i * 320 + j] = 32767 * Math.max(-1, Math.min(1, s)))));
    let text = "";
    const bytes = new Uint8Array(pcm.buffer);
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  };
})();
