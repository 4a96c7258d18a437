from server.config import SpawnSettings
from server.frontdesk.answers import json_answer


def test_structs_and_plain_values_are_written_as_json() -> None:
    answer = json_answer({"spawn": SpawnSettings(box=((0.0, 1.0, 2.0), (3.0, 4.0, 5.0))), "name": "Ådahl"}, 201)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert bytes(answer.body).decode() == '{"spawn":{"box":[[0.0,1.0,2.0],[3.0,4.0,5.0]],"yaw":0.0},"name":"Ådahl"}'
