/** The film that somebody wanted to watch when a payment stood in the way, until it plays: of this tab, and nobody else's business. */
const KEY = "matinee-wanted-film";

export const keepWanted = (id: string): void => sessionStorage.setItem(KEY, id);
export const wantedFilm = (): string | null => sessionStorage.getItem(KEY);
export const forgetWanted = (): void => sessionStorage.removeItem(KEY);
