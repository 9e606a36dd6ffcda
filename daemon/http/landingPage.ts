// What a person sees who opens the service's address in a browser.
import type { Answer } from './answer.js';

export function landingPage(paths: readonly string[]): Answer {
  const links = paths.map((path) => `<li><a href="${path}">${path}</a></li>`).join('');
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>vifscope</title></head>
<body><h1>vifscope</h1><p>Tail latency of virtual interfaces.</p><ul>${links}</ul></body></html>
`;
  return { status: 200, contentType: 'text/html; charset=utf-8', body };
}
