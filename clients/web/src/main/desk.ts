/** The front desk as the screens ask it. */

import type { FacilityWords, FrontDeskWords, RoomWords } from "../screens/facility";
import type { FrontDesk } from "../session/frontdesk";

export function screenDesk(desk: FrontDesk): FrontDeskWords {
  return {
    facility: async (): Promise<FacilityWords> => {
      const { name, roles, avatars, room_types } = await desk.facility();
      return { name, roles, looks: avatars, visits: room_types.filter((type) => type.on_demand).map((type) => type.name) };
    },
    rooms: () => desk.rooms(),
    room: (id) => desk.room(id),
    openRoom,
  };
}

/** Open a room for a visit; whoever has its id may come in. */
async function openRoom(type: string, name: string): Promise<RoomWords> {
  const answer = await fetch("v1/rooms", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ type, name }) });
  if (!answer.ok) throw new Error(`the room was not opened: ${answer.status}`);
  const room = (await answer.json()) as Omit<RoomWords, "portals"> & Partial<Pick<RoomWords, "portals">>;
  return { ...room, portals: room.portals ?? [] };
}
