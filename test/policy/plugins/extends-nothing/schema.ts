/** A file of this name that adds nothing is a mistake. */
export const extension = () => {};
