/** Puts the client on the page. */

import { Client } from "./main/client";
import { heedLinks, takeArrival } from "./screens/invitation";
import { besideScreen } from "./screens/beside";
import { handOver, isBeside } from "./session/beside";

const home = document.querySelector<HTMLElement>("#app");
const arrival = takeArrival(location, history);
if (home !== null) {
  if (isBeside(arrival.answer)) {
    handOver(arrival.answer);
    home.replaceChildren(besideScreen());
    window.close();
  } else {
    heedLinks(window);
    void new Client(home, arrival).start();
  }
}
