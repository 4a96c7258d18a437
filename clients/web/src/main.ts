/** Puts the client on the page. */

import { Client } from "./main/client";
import { takeInvitation } from "./screens/invitation";

const home = document.querySelector<HTMLElement>("#app");
if (home !== null) void new Client(home, takeInvitation(location, history)).start();
