/** The front desk as the screens ask it. */

import type { FacilityWords, FrontDeskWords } from "../screens/facility";
import type { FrontDesk } from "../session/frontdesk";

export function screenDesk(desk: FrontDesk): FrontDeskWords {
  return {
    facility: async (): Promise<FacilityWords> => {
      const { name, roles, avatars, room_types } = await desk.facility();
      return { name, roles, looks: avatars, visits: room_types.filter((type) => type.on_demand).map((type) => type.name) };
    },
    rooms: () => desk.rooms(),
    room: (id) => desk.room(id),
    openRoom: (type, name) => desk.openRoom(type, name),
  };
}
