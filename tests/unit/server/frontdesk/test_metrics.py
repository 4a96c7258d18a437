import pytest

from tests.support.front_desk import HERE, FrontDesk, sample_desk

ELSEWHERE = [
    pytest.param("192.0.2.7", {}, id="another machine"),
    pytest.param("2001:db8::7", {}, id="another machine by IPv6"),
    pytest.param("", {}, id="nobody knows who"),
    pytest.param(HERE, {"x-forwarded-for": HERE}, id="a proxy of this machine"),
    pytest.param(HERE, {"forwarded": "for=192.0.2.7"}, id="a proxy of this machine that says so by the standard"),
    pytest.param(HERE, {"via": "1.1 proxy"}, id="a proxy that says that it is one"),
    pytest.param(HERE, {"x-real-ip": "192.0.2.7"}, id="a proxy with a header of its own"),
    pytest.param(HERE, {"x-forwarded-proto": "https"}, id="a proxy that says how it was asked"),
    pytest.param(HERE, {"host": "clinic.example"}, id="a tunnel that passes on what was said"),
    pytest.param(HERE, {"sec-fetch-site": "cross-site"}, id="a page of another site"),
]


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


@pytest.mark.parametrize(("peer", "headers"), ELSEWHERE)
async def test_who_is_elsewhere_is_told_nothing_of_how_much_is_done_behind_curtains(
    front_desk: FrontDesk, peer: str, headers: dict[str, str]
) -> None:
    answer = await front_desk.get("/metrics", headers, peer=peer)
    nothing = await front_desk.get("/nothing", headers, peer=peer)
    assert (answer.status, answer.headers, answer.body) == (404, nothing.headers, nothing.body)


async def test_behind_a_proxy_nobody_is_told_since_it_may_say_nothing_of_itself() -> None:
    assert (await sample_desk(behind_proxy=True).get("/metrics")).status == 404
    assert (await sample_desk(behind_proxy=True, public_metrics=True).get("/metrics")).status == 200


@pytest.mark.parametrize(("peer", "headers"), ELSEWHERE)
async def test_a_facility_may_tell_everybody(peer: str, headers: dict[str, str]) -> None:
    answer = await sample_desk(public_metrics=True).get("/metrics", headers, peer=peer)
    assert b"polyclinic_avatars 3.0" in answer.body
