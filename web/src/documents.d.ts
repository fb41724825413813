/** Each question's digest by its name, written by `documents.ts` when the app is built. */
declare module "virtual:documents" {
  const digests: Readonly<Record<string, string>>;
  export default digests;
}
