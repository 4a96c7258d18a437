/** Puts the client on the page. */

import { Client } from "./main/client";
import { takeArrival } from "./screens/invitation";

const home = document.querySelector<HTMLElement>("#app");
if (home !== null) void new Client(home, takeArrival(location, history)).start();
