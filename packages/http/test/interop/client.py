"""Python's http.client against the server: what its users would do."""
import http.client
import json
import sys

host, port = sys.argv[1], int(sys.argv[2])
connection = http.client.HTTPConnection(host, port, timeout=30)


def ask(method, path, body=None, headers={}):
    connection.request(method, path, body, headers, encode_chunked=hasattr(body, "__next__"))
    response = connection.getresponse()
    return response, response.read()


as_json = {"Content-Type": "application/json"}
response, content = ask("POST", "/json", json.dumps({"n": 4}), as_json)
assert (response.status, json.loads(content)) == (200, {"twice": 8}), content
socket = connection.sock
assert socket is not None, "the connection is kept"

response, content = ask("POST", "/json", "{", as_json)
assert response.status == 400, response.status
assert response.getheader("content-type").startswith("application/problem+json")
assert connection.sock is socket, "a problem does not cost the connection"

response, content = ask("HEAD", "/big.bin")
assert (response.getheader("content-length"), content) == ("3000000", b"")

response, content = ask("GET", "/big.bin", headers={"Range": "bytes=-5"})
assert (response.status, len(content)) == (206, 5)

pieces = (bytes([n]) * 70_000 for n in range(10))
response, content = ask("POST", "/upload", pieces, {"Transfer-Encoding": "chunked"})
assert json.loads(content)["size"] == 700_000, content

response, content = ask("GET", "/stream")
assert response.chunked and content.endswith(b"line 4\n"), content

response, content = ask("GET", "/slow/%C3%A9")
assert content.decode() == "é", content
assert connection.sock is socket, "all over one connection"

connection.request("GET", "/endless")
response = connection.getresponse()
assert response.read(3) == b":\n\n", "a heartbeat"
connection.close()
print("ok")
