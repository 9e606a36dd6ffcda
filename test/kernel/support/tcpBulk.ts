// Child program of the GRO test: "sink PORT" takes a connection and prints how many bytes it carried;
// "source PORT ADDRESS BYTES" sends that many.
import { connect, createServer } from 'node:net';

const [, , role, port, address, bytes] = process.argv;
const chunk = Buffer.alloc(64 * 1024);

if (role === 'sink') {
  const server = createServer((socket) => {
    let received = 0;
    socket.on('data', (data) => {
      received += data.length;
    });
    socket.on('end', () => {
      process.stdout.write(`${received}\n`);
      server.close();
    });
  });
  server.listen(Number(port), '0.0.0.0', () => process.stdout.write('listening\n'));
} else {
  const socket = connect(Number(port), address ?? '');
  let left = Number(bytes);
  const pump = () => {
    while (left > 0) {
      const size = Math.min(left, chunk.length);
      left -= size;
      if (!socket.write(chunk.subarray(0, size))) return;
    }
    socket.end();
  };
  socket.on('connect', pump).on('drain', pump);
}
