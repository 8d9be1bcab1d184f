/**
 * An application that echoes what a WebSocket says.
 *
 * @module
 */
import type { Context } from "promslab";

export default {
  fetch(_request: Request, context: Context): Response {
    context.route = "/socket";
    const { socket, response } = context.upgradeWebSocket();
    socket.onmessage = ({ data }) => socket.send(`echo ${data}`);
    return response;
  },
};
