import { useSyncExternalStore } from 'react'

const nothingChanges = () => () => undefined

/** Whether the page's scripts have taken over from what the server rendered: false there, true from then on. */
export function useAwake(): boolean {
	return useSyncExternalStore(
		nothingChanges,
		() => true,
		() => false,
	)
}
