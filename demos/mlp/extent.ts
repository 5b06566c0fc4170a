/** The plane is drawn from -EXTENT to EXTENT on both axes. */
export const EXTENT = 1.25;
