"""WHEP viewers over loopback: they join, see and hear, and leave nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from aiortc import RTCSessionDescription
from aiortc.rtp import RtcpSrPacket, RtpPacket
from onair import SIZE, station
from player import Player, until

from idol.errors import Refused
from idol.stream import native
from idol.stream.encoder import LadderEncoder
from idol.stream.rtp import MAX_PAYLOAD, Unit
from idol.stream.session import Session
from idol.stream.webrtc import WhepSettings
from idol.testing.stream import read_stamp


@pytest.mark.parametrize("loop", ["native", "own", "aiortc"])
async def test_a_viewer_sees_and_hears(loop: str) -> None:
    if loop == "native" and native.load() is None:
        pytest.skip("the C loop was not built here")
    settings = WhepSettings(direct=loop != "aiortc", native=loop == "native")
    async with station(settings) as on_air:
        assert on_air.whep.rtp_origin == (None if loop == "aiortc" else 0)
        player = Player()
        await player.join(on_air.whep)
        video, audio = player.frames["video"], player.frames["audio"]
        await until(lambda: len(video) > 10 and len(audio) > 20)
        first, last = video[0], video[-1]
        assert (first.width, first.height) == SIZE
        stamps = [read_stamp(f.to_ndarray(format="yuv420p")[: SIZE[1]])[0] for f in (first, last)]
        # RTP time goes on exactly as the media time that is drawn in the picture.
        assert (last.pts - first.pts) * 48_000 == (stamps[1] - stamps[0]) * 90_000
        assert max(abs(frame.to_ndarray()).max() for frame in audio) > 100
        assert on_air.whep.count == 1
        await on_air.whep.leave(player.session)
        assert on_air.whep.count == 0
        await player.close()


async def test_only_h264_and_opus_are_answered() -> None:
    async with station() as on_air:
        player = Player()
        _, answer = await on_air.whep.join(await player.offer())
        maps = [line for line in answer.splitlines() if line.startswith("a=rtpmap:")]
        assert {line.split()[1].split("/")[0] for line in maps} == {"H264", "rtx", "opus"}
        assert "a=sendonly" in answer and "127.0.0.1" in answer
        await player.close()


@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_a_player_may_ask_for_one_kind_only(kind: str) -> None:
    async with station() as on_air:
        player = Player((kind,))
        await player.join(on_air.whep)
        await until(lambda: len(player.frames[kind]) > 3)
        await player.close()
        await until(lambda: on_air.whep.count == 0)


async def test_bad_offers_are_refused_with_a_reason() -> None:
    async with station(WhepSettings(max_viewers=2)) as on_air:
        whep, player = on_air.whep, Player()
        good = await player.offer()
        cases = {
            "": "bad_sdp",
            "hello": "bad_sdp",
            "v=0\r\n": "bad_sdp",
            "v=0\r\nm=video": "bad_sdp",
            "v=0" + "x" * 100_000: "bad_sdp",
            good.replace("a=fingerprint", "a=finger"): "bad_sdp",
            good.replace("m=audio", "m=application"): "bad_sdp",
            good + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n": "bad_sdp",
            good.replace("H264", "VP9"): "no_h264",
        }
        for sdp, code in cases.items():
            with pytest.raises(Refused) as refused:
                await whep.join(sdp)
            assert refused.value.code == code, (sdp[:60], str(refused.value))
        assert whep.stats()["sessions"] == 0 and whep.stats()["refused"] == len(cases)
        await whep.join(good)
        await whep.join(good)
        with pytest.raises(Refused) as refused:
            await whep.join(good)
        assert refused.value.code == "full"
        with pytest.raises(Refused) as refused:
            await whep.leave("nobody")
        assert refused.value.code == "unknown_session"
        await player.close()


async def test_candidates_may_trickle_in() -> None:
    async with station() as on_air:
        player = Player()
        offer = await player.offer()
        lines = offer.splitlines()
        candidates = [line for line in lines if line.startswith("a=candidate")]
        bare = "\r\n".join(line for line in lines if not line.startswith("a=candidate")) + "\r\n"
        session, _ = await on_air.whep.join(bare)
        fragment = "\r\n".join(["a=ice-ufrag:x", "m=audio 9 RTP/AVP 0", "a=mid:0", *candidates])
        await on_air.whep.trickle(session, fragment + "\r\na=end-of-candidates\r\n")
        await on_air.whep.trickle(session, "a=candidate:1 1 udp 1 abc.local 9 typ host")
        with pytest.raises(Refused) as refused:
            await on_air.whep.trickle(session, "a=candidate:nonsense")
        assert refused.value.code == "bad_candidate"
        with pytest.raises(Refused) as refused:
            await on_air.whep.trickle("nobody", fragment)
        assert refused.value.code == "unknown_session"
        await player.close()


async def test_who_never_connects_and_who_vanishes_are_dropped() -> None:
    async with station() as on_air:
        never, gone = Player(), Player()
        await gone.join(on_air.whep)
        await until(lambda: on_air.whep.count == 1)
        # Only now, for on a busy machine it may take longer to connect.
        on_air.whep._settings = replace(on_air.whep._settings, join_timeout=1.0, silent_timeout=2.0)
        await on_air.whep.join(await never.offer())
        # The machine of this viewer loses its power: not another packet, not a goodbye.
        transport = gone.connection.getTransceivers()[0].receiver.transport.transport
        for protocol in transport._connection._protocols:
            protocol.transport.abort()
        await until(lambda: on_air.whep.stats()["sessions"] == 0)
        assert on_air.whep.stats()["vanished"] == 2
        await never.close()
        await gone.close()


async def test_lost_packets_are_sent_again() -> None:
    async with station() as on_air:
        player = Player()
        await player.join(on_air.whep)
        await until(lambda: len(player.frames["video"]) > 3)
        session = on_air.whep._sessions[player.session]
        sender = session.senders["video"]
        sender._resend((sender.now.sequence - 1) & 0xFFFF)
        sender._resend((sender.now.sequence + 100) & 0xFFFF)  # never sent
        assert on_air.whep.stats()["retransmitted"] == 1
        await player.close()


async def test_padding_is_thrown_away_by_the_viewer() -> None:
    async with station() as on_air:
        player = Player()
        await player.join(on_air.whep)
        video = player.frames["video"]
        await until(lambda: len(video) > 3)
        sender = on_air.whep._sessions[player.session].senders["video"]
        on_air.whep._fan.pad(sender, 300_000)
        await until(lambda: sender.padded > 20_000)
        on_air.whep._fan.pad(sender, 0)
        seen, padded = len(video), sender.padded
        await until(lambda: len(video) > seen + 10)
        assert sender.padded == padded and on_air.whep.stats()["retransmitted"] == 0
        times = [frame.pts for frame in video]
        assert times == sorted(set(times))
        await player.close()


@pytest.mark.parametrize(("bits", "largest"), [(60_000, 255), (1_600_000, MAX_PAYLOAD)])
async def test_a_line_is_tried_without_a_picture_too(bits: int, largest: int) -> None:
    """Packets of padding alone: the viewer shows nothing of them, and the picture comes again.
    Much is tried in large packets, not in ever more."""
    async with station() as on_air:
        player = Player()
        await player.join(on_air.whep)
        video = player.frames["video"]
        await until(lambda: len(video) > 3)
        fan, sender = on_air.whep._fan, on_air.whep._sessions[player.session].senders["video"]
        fan.aim(sender, None)
        plain, protect = [], sender._wire.protect

        def seen_plain(packet: bytes) -> bytes:
            plain.append(packet)
            return protect(packet)

        sender._wire.protect = seen_plain
        before = sender.padded
        fan.pad(sender, bits)
        await until(lambda: sender.padded > before + 5_000)
        fan.pad(sender, 0)
        sender._wire.protect = protect
        around = 12 + len(sender._header[12:])
        assert max(map(len, plain)) in range(around + largest - 3, around + largest + 1)
        for packet in map(RtpPacket.parse, plain):
            assert not packet.payload and packet.padding_size == 255
        seen = len(video)
        fan.aim(sender, 0)
        await until(lambda: len(video) > seen + 10)
        times = [frame.pts for frame in video]
        assert times == sorted(set(times))
        await player.close()


async def test_who_gets_no_picture_costs_nobody_a_keyframe() -> None:
    """A viewer asks for one each second while it has none; the others' quality would pay."""
    async with station() as on_air:
        player = Player()
        await player.join(on_air.whep)
        session, asked = on_air.whep._sessions[player.session], []
        session._hub = SimpleNamespace(request_key=asked.append)
        on_air.whep._fan.aim(session.senders["video"], None)
        session.request_key()
        assert asked == []
        on_air.whep._fan.aim(session.senders["video"], 0)
        session.request_key()
        assert asked == [0], "and not later for having asked before"
        await player.close()


async def test_reports_of_sound_and_picture_say_the_same_time() -> None:
    async with station() as on_air:
        player = Player()
        zeros: dict[str, float] = {}  # the wall time of media time 0, by each kind's reports
        for transceiver, rate in zip(
            player.connection.getTransceivers(), (48_000, 90_000), strict=True
        ):

            async def note(packet: Any, kind: str = transceiver.kind, rate: int = rate) -> None:
                if isinstance(packet, RtcpSrPacket):
                    info = packet.sender_info
                    assert info.packet_count and info.octet_count
                    zeros[kind] = info.ntp_timestamp / 2**32 - info.rtp_timestamp / rate

            transceiver.receiver._handle_rtcp_packet = note
        await player.join(on_air.whep)
        await until(lambda: len(zeros) == 2)
        assert zeros["audio"] == pytest.approx(zeros["video"], abs=0.04)
        origin = on_air.hub.wall_origin + 2_208_988_800
        assert zeros["audio"] == pytest.approx(origin, abs=0.5)
        await player.close()


class Units:
    """Notes what the hub gives."""

    def __init__(self) -> None:
        self.got: list[Unit] = []

    def push(self, unit: Unit) -> None:
        self.got.append(unit)


async def test_an_encoder_that_begins_anew_goes_on_in_the_same_stream() -> None:
    """As when the studio was killed: a gap in time, then a keyframe, the next in number."""
    async with station() as on_air:
        player = Player()
        await player.join(on_air.whep)
        video = player.frames["video"]
        await until(lambda: len(video) > 3)
        sender = on_air.whep._sessions[player.session].senders["video"]
        sent, number = sender.now.packets, sender.now.sequence
        units = Units()
        on_air.hub.add(units)
        on_air.pts += 96_000
        on_air.video = LadderEncoder(SIZE, 25, kbps=1000)
        before = video[-1].pts
        await until(lambda: video[-1].pts > before + 180_000)
        first = next(each for each in units.got if each.kind == "video")
        assert first.key and first.timestamp - before >= 180_000
        now = sender.now
        assert (now.sequence - number) & 0xFFFF == (now.packets - sent) & 0xFFFF
        await player.close()


async def test_a_dead_socket_stops_no_other_viewer() -> None:
    async with station() as on_air:
        well, dead = Player(), Player()
        await well.join(on_air.whep)
        await dead.join(on_air.whep)
        await until(lambda: dead.frames["video"] and well.frames["video"])
        on_air.whep._sessions[dead.session].senders["video"]._way.close()
        before = len(well.frames["video"])
        await until(lambda: len(well.frames["video"]) > before + 10)
        assert on_air.whep.stats()["dropped"] >= 1
        await well.close()
        await dead.close()


@pytest.mark.parametrize("direct", [True, False])
async def test_joins_and_leaves_leave_nothing_behind(direct: bool) -> None:
    process = psutil.Process()

    def left() -> int:
        return len(asyncio.all_tasks()) + len(process.net_connections("udp"))

    async with station(WhepSettings(direct=direct)) as on_air:

        async def visit(by_itself: bool) -> None:
            player = Player(read=False)
            await player.join(on_air.whep)
            if by_itself:
                await player.close()
            else:
                await on_air.whep.leave(player.session)
                await player.close()

        await visit(True)
        await until(lambda: on_air.whep.stats()["sessions"] == 0)
        await asyncio.sleep(0.3)
        gc.collect()
        before, files = left(), process.num_fds()
        for round_ in range(3):
            await asyncio.gather(*(visit(bool((i + round_) % 2)) for i in range(4)))
        await until(lambda: on_air.whep.stats()["sessions"] == 0)
        try:
            await until(lambda: left() <= before)
        except TimeoutError:
            tasks = [task.get_coro() for task in asyncio.all_tasks()]
            pytest.fail(f"left: {tasks}, {process.net_connections('udp')}, before {before}")
        gc.collect()
        assert process.num_fds() <= files

        def sessions() -> list[object]:
            gc.collect()
            return [each for each in gc.get_objects() if isinstance(each, Session)]

        await until(lambda: not sessions())
        assert on_air.whep.count == 0 and not on_air.whep._fan._senders


async def test_who_has_left_while_joining_gets_nothing() -> None:
    async with station() as on_air:
        player = Player(read=False)
        await player.join(on_air.whep)
        session = on_air.whep._sessions[player.session]
        sender = session.senders["video"]
        session.end()  # while the video's loop is still being opened
        session.request_key()
        sender._opened(96)
        assert sender not in on_air.whep._fan._senders
        await player.close()


async def test_leaving_in_the_middle_of_joining_leaves_nothing_running() -> None:
    async with station() as on_air:
        players = [Player(read=False) for _ in range(12)]

        async def hurry(player: Player, seconds: float) -> None:
            session, answer = await on_air.whep.join(await player.offer())
            description = RTCSessionDescription(answer, "answer")
            asking = asyncio.ensure_future(player.connection.setRemoteDescription(description))
            await asyncio.sleep(seconds)
            with contextlib.suppress(Refused):
                await on_air.whep.leave(session)
            await asyncio.gather(asking, return_exceptions=True)

        await asyncio.gather(*(hurry(player, i * 0.01) for i, player in enumerate(players)))
        assert on_air.whep.stats()["sessions"] == 0
        await asyncio.gather(*(player.close() for player in players))

        def running() -> list[str]:
            names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
            return [name for name in names if name.startswith(("RTCRtpSender", "Wire"))]

        await until(lambda: not running())
