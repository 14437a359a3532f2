/** Plays a WHEP stream and keeps it playing: one peer connection, replaced when it fails. */

import { Backoff } from "./backoff.js";

const CONNECT_MS = 9000; // until the first picture
const STALL_MS = 2500; // without a new picture the network is called slow
const DEAD_MS = 9000; // and after this long the connection is replaced
const ASK_MS = 1500; // without a picture the host is asked whether it still knows us
const SOUND_ONLY_MS = 75_000; // while sound comes, a picture may stay away this long

export class WhepPlayer {
  /**
   * `video` is the element; `onstate("connecting" | "playing" | "slow" | "lost" | "full")` tells how it
   * goes; `onframe(rtpTimestamp | null)` is called for each picture shown.
   */
  constructor({ video, url = "/whep", onstate, onframe = () => {}, backoff = new Backoff() }) {
    Object.assign(this, { video, url, onstate, onframe, backoff });
    this.pc = null;
    this.session = "";
    this.attempt = 0;
    this.lastFrame = 0;
    this.frameLoop();
    this.#iceServers(); // on its way before the first connection wants it
    this.watch = setInterval(() => this.#check(), 500);
    addEventListener("pagehide", () => this.stop());
    navigator.connection?.addEventListener?.("change", () => this.wake()); // another network
  }

  /** (Re)connect now. */
  async start() {
    this.#teardown();
    const attempt = ++this.attempt;
    this.onstate("connecting");
    const iceServers = await this.#iceServers();
    if (attempt !== this.attempt) return;
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.pc = pc;
    this.startedAt = performance.now();
    this.lastFrame = this.heardAt = this.heard = this.askedAt = 0;
    const stream = new MediaStream();
    pc.ontrack = ({ track, receiver }) => {
      // Both kinds in one stream: the browser then keeps them in step by the sender reports.
      stream.addTrack(track);
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
      if (this.video.srcObject !== stream) this.video.srcObject = stream;
      this.video.play().catch(() => {}); // muted autoplay is allowed; else the tap will start it
    };
    pc.onconnectionstatechange = () => {
      if (pc !== this.pc) return;
      if (pc.connectionState === "failed") this.#again();
      else if (pc.connectionState === "disconnected") this.onstate("slow");
    };
    pc.addTransceiver("video", { direction: "recvonly" });
    pc.addTransceiver("audio", { direction: "recvonly" });
    try {
      await pc.setLocalDescription(await pc.createOffer());
      // Sent without gathering: the host learns our addresses from the connectivity checks.
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/sdp" },
        body: pc.localDescription.sdp,
        signal: AbortSignal.timeout?.(CONNECT_MS),
      });
      const answer = await response.text();
      const session = response.headers.get("Location") ?? "";
      if (attempt !== this.attempt) return this.#leave(session);
      if (response.status === 503)
        return this.#again(response.headers.has("Retry-After") ? "full" : "lost");
      if (response.status !== 201) throw new Error(`whep answered ${response.status}`);
      this.session = session;
      await pc.setRemoteDescription({ type: "answer", sdp: answer });
    } catch {
      if (attempt === this.attempt) this.#again();
    }
  }

  /** STUN and TURN servers, with a login that is good for hours; asked for again after one. */
  #iceServers() {
    if (!this.ice || performance.now() - this.iceAt > 3_600_000) {
      this.iceAt = performance.now();
      this.ice = fetch("/api/ice", { signal: AbortSignal.timeout?.(CONNECT_MS) })
        .then((response) => (response.ok ? response.json() : {}))
        .then((answer) => answer.iceServers ?? [])
        .catch(() => {
          this.ice = null; // asked again with the next attempt; most viewers need none
          return [];
        });
    }
    return this.ice;
  }

  stop() {
    ++this.attempt;
    this.#teardown();
  }

  /** Waking from sleep, or the network is back: check at once, and reconnect if it is dead. */
  wake() {
    if (!this.pc || this.pc.connectionState !== "connected") {
      this.backoff.reset();
      this.start();
    } else {
      this.video.play().catch(() => {});
      this.lastFrame = performance.now() - DEAD_MS / 2; // give it half the patience
    }
  }

  frameLoop() {
    const video = this.video;
    const seen = (_now, meta) => {
      this.lastFrame = performance.now();
      this.backoff.reset();
      this.onstate("playing");
      this.onframe(meta?.rtpTimestamp ?? null);
      next();
    };
    const next = () => {
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(seen);
    };
    next();
    if (!video.requestVideoFrameCallback) video.addEventListener("timeupdate", () => seen(0, null));
  }

  #check() {
    if (!this.pc || document.hidden) return; // a hidden tab shows no frames, and that is well
    const now = performance.now();
    const quiet = now - (this.lastFrame || this.startedAt);
    if (!this.lastFrame) {
      if (quiet > CONNECT_MS) this.#again();
      else if (quiet > STALL_MS && this.video.srcObject) this.onstate("slow");
    } else if (quiet > DEAD_MS && (now - this.heardAt > DEAD_MS || quiet > SOUND_ONLY_MS)) this.#again();
    else if (quiet > STALL_MS) this.onstate("slow");
    if (quiet > ASK_MS && now - this.askedAt > ASK_MS) {
      this.askedAt = now;
      this.#listen();
      this.#ask();
    }
  }

  /** On a very narrow line the host stops the picture and keeps the sound: that is not dead. */
  async #listen() {
    const pc = this.pc;
    if (!pc) return;
    for (const entry of (await pc.getStats()).values()) {
      if (entry.type !== "inbound-rtp" || entry.kind !== "audio" || pc !== this.pc) continue;
      if (entry.bytesReceived > this.heard) this.heardAt = performance.now();
      this.heard = entry.bytesReceived;
    }
  }

  /** Whether the host still has this session; if what served it has died, join again at once. */
  async #ask() {
    const session = this.session;
    if (!session) return;
    const headers = { "Content-Type": "application/trickle-ice-sdpfrag" };
    const answer = await fetch(session, { method: "PATCH", headers, body: "" }).catch(() => null);
    if (answer?.status !== 404 || session !== this.session) return;
    this.session = ""; // nothing to leave
    this.start();
  }

  #again(why = "lost") {
    this.#teardown();
    this.onstate(why);
    const attempt = ++this.attempt;
    setTimeout(() => attempt === this.attempt && this.start(), this.backoff.next());
  }

  #teardown() {
    const pc = this.pc;
    this.pc = null;
    this.#leave(this.session);
    this.session = "";
    if (pc) {
      pc.ontrack = pc.onconnectionstatechange = null;
      pc.close();
    }
    // The last picture stays on screen until the next stream replaces it.
  }

  #leave(session) {
    if (session) fetch(session, { method: "DELETE", keepalive: true }).catch(() => {});
  }
}
