import { useRevalidator } from '@remix-run/react'
import { useEffect } from 'react'

/**
 * Asks the server for the page's facts again every `intervalMs` while the page is visible; null stops it. The answer of
 * an action is gone when the facts come anew: a page that shows one (a signature prepared, an error) must stop it.
 */
export function useLive(intervalMs: number | null): void {
	const { revalidate, state } = useRevalidator()
	useEffect(() => {
		if (intervalMs === null) return
		const ticks = setInterval(() => {
			if (document.visibilityState === 'visible' && state === 'idle') revalidate()
		}, intervalMs)
		return () => clearInterval(ticks)
	}, [intervalMs, revalidate, state])
}
