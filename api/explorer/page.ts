import type { ServerResponse } from "node:http";
import { sendText } from "../http/send.js";

/** Scripts and styles of our own origin alone. GraphiQL's editor writes style attributes. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Galen GraphQL</title>
<link rel="stylesheet" href="/assets/graphiql.css">
<style>html, body, #explorer { height: 100%; margin: 0 }</style>
</head>
<body>
<div id="explorer">Loading…</div>
<script src="/assets/react.js"></script>
<script src="/assets/react-dom.js"></script>
<script src="/assets/graphiql.js"></script>
<script type="module" src="/assets/explorer/main.js"></script>
</body>
</html>
`;

export const sendExplorer = (response: ServerResponse): void => sendText(response, 200, "text/html; charset=utf-8", page, { "content-security-policy": policy });
