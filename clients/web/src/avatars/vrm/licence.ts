/** What a client is used for, as VRM names it. */
export type Usage = "personalNonProfit" | "personalProfit" | "corporation";
const USAGES: readonly Usage[] = ["personalNonProfit", "personalProfit", "corporation"];

/** What a VRM 1.0 file lets one do (`VRMC_vrm.meta`; whom it is owed to, the front desk lists); what it does not say has the standard's strictest meaning. */
export interface Licence {
  readonly avatarPermission: "onlyAuthor" | "onlySeparatelyLicensedPerson" | "everyone";
  readonly commercialUsage: Usage;
}

export class NotAVrm extends Error {
  override readonly name = "NotAVrm";
}

const GLB_MAGIC = 0x46546c67, JSON_CHUNK = 0x4e4f534a;

/** The JSON of a binary glTF. */
function readJson(file: ArrayBuffer): Record<string, unknown> {
  const view = new DataView(file);
  if (file.byteLength < 20 || view.getUint32(0, true) !== GLB_MAGIC || view.getUint32(16, true) !== JSON_CHUNK) throw new NotAVrm("not a binary glTF");
  const length = view.getUint32(12, true);
  if (20 + length > file.byteLength) throw new NotAVrm("cut short");
  try {
    return JSON.parse(new TextDecoder().decode(new Uint8Array(file, 20, length))) as Record<string, unknown>;
  } catch {
    throw new NotAVrm("its JSON cannot be read");
  }
}

const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});
function oneOf<T extends string>(value: unknown, known: readonly T[], strictest: T): T {
  return known.find((candidate) => candidate === value) ?? strictest;
}

/** Read before anything of the file is shown. */
export function readLicence(file: ArrayBuffer): Licence {
  const vrm = record(record(readJson(file)["extensions"])["VRMC_vrm"]);
  if (!("meta" in vrm)) throw new NotAVrm("no VRM 1.0");
  const meta = record(vrm["meta"]);
  return {
    avatarPermission: oneOf(meta["avatarPermission"], ["onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"], "onlyAuthor"),
    commercialUsage: oneOf(meta["commercialUsage"], USAGES, "personalNonProfit"),
  };
}

/** Why a licence forbids that its figure is worn here by whoever chooses it; null where it does not. */
export function refusal(licence: Licence, usage: Usage): string | null {
  if (licence.avatarPermission !== "everyone") return "its author has not given it to everyone to wear";
  if (USAGES.indexOf(licence.commercialUsage) < USAGES.indexOf(usage)) return "its author has not given it to uses like this one";
  return null;
}
