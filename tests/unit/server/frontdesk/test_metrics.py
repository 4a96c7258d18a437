from tests.support.front_desk import FrontDesk


async def test_metrics_are_told_in_prometheus_text(front_desk: FrontDesk) -> None:
    await front_desk.ticket()
    answer = await front_desk.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = answer.body.decode().splitlines()
    assert "polyclinic_avatars 3.0" in lines
    assert "polyclinic_tickets_issued_total 1.0" in lines


async def test_open_metrics_is_told_to_those_who_ask(front_desk: FrontDesk) -> None:
    answer = await front_desk.get("/metrics", {"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.body.endswith(b"# EOF\n")
