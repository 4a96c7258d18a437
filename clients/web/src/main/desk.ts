/** The front desk as the screens ask it. */

import type { FacilityWords, FrontDeskWords, LookFile } from "../screens/facility";
import type { FrontDesk } from "../session/frontdesk";

export function screenDesk(desk: FrontDesk): FrontDeskWords {
  return {
    facility: async (): Promise<FacilityWords> => {
      const [{ name, roles, avatars, room_types, shared_devices, sign_in }, files] = await Promise.all([desk.facility(), lookFiles(desk)]);
      return { name, roles, looks: avatars, files, visits: room_types.filter((type) => type.on_demand).map((type) => type.name), shared: shared_devices === true, signIn: sign_in ?? null };
    },
    who: () => desk.who(),
    rooms: (role) => desk.rooms(role),
    room: (id, role) => desk.room(id, role),
    openRoom: (type, name, role) => desk.openRoom(type, name, role),
  };
}

/** Whom the looks that are files are owed to; a facility of an earlier version has none. */
async function lookFiles(desk: FrontDesk): Promise<readonly LookFile[]> {
  const listed = await desk.avatars().catch(() => []);
  return listed.map(({ name, title, authors, licence, credit_required }) => ({ look: name, title, authors, licence, credit: credit_required }));
}
