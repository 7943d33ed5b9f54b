import asyncio
from datetime import UTC, datetime, timedelta

from aiohttp import web

from monitor.health import GOOD
from monitor.pulse import expose, exposition, ping, samples
from storage.database import connect, migrate, writing
from storage.model import Receipt
from storage.values import Source

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
OPENED = ("127.0.0.0/8",)


async def test_a_heartbeat_is_asked_for_and_a_bad_answer_or_none_is_survived(caplog):
    answers, asked = [200, 500], []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=answers.pop(0))

    app = web.Application()
    app.router.add_get("/ping/1", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/1"
    assert await ping(url, OPENED)
    assert not await ping(url, OPENED)
    await runner.cleanup()
    assert not await ping(url, OPENED)
    assert len(asked) == 2


async def test_a_heartbeat_to_an_address_inside_is_refused_by_the_guard(caplog):
    assert not await ping("http://127.0.0.1:9/x", ())
    assert "AddressRefused" in caplog.text


async def test_the_metrics_file_says_how_sources_and_alerts_are_and_is_replaced_whole(tmp_path, caplog):
    engine = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(engine)
    sources = [Source(name, name, "column", f"http://{name}.example/", 1) for name in ("lanting", "yanxi")]
    with writing(engine) as session:
        session.add(Receipt(source="lanting", started_at=NOW, ended_at=NOW, reason=GOOD[0], pages=1))
        session.flush()
        wanted = samples(session, sources, NOW, timedelta(hours=12))
    file = tmp_path / "reportwatch.prom"
    await asyncio.gather(*(expose(file, wanted) for _ in range(3)))
    text = file.read_text("utf-8")
    assert 'reportwatch_sources{state="working"} 1\n' in text
    assert 'reportwatch_sources{state="never-worked"} 1\n' in text
    assert f'reportwatch_source_last_success_timestamp_seconds{{source="lanting"}} {NOW.timestamp():.0f}\n' in text
    assert [path.name for path in tmp_path.glob(".*prom*")] == []
    await expose(tmp_path / "gone" / "x.prom", wanted)
    assert "metrics.unwritten" in caplog.text
    engine.dispose()


def test_labels_are_escaped_as_the_format_wants():
    text = exposition({"reportwatch_sources": [({"state": 'a"b\\c\nd'}, 1)]})
    assert text.splitlines()[-1] == r'reportwatch_sources{state="a\"b\\c\nd"} 1'
