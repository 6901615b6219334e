/** How large a state is in a picture: room for two lines of a label. */
export const NODE = { width: 148, height: 44 } as const
