"""policy-that-refuses.py PORT: a policy server (as Dovecot's auth_policy_server_url wants one) that refuses the user `refused`."""

import http.server
import json
import sys


class Policy(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps({"status": -1 if request.get("login") == "refused" else 0, "msg": "not from there"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Policy).serve_forever()
