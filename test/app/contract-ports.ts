import type { TestApp } from './test-app.ts'

type Port = Record<string, unknown>

/**
 * Has every port to the tenant tell which of its functions are called from now on; gives the names of those that nobody has called
 * yet. A function that a port gets one day, and that nothing exercises, is among them.
 */
export function watchPorts(app: TestApp): () => string[] {
	const { deps } = app
	const uncalled = new Set<string>()
	const watched = <P extends object>(port: P, name: string): P =>
		Object.fromEntries(
			Object.entries(port as Port).map(([key, value]) => {
				const at = `${name}.${key}`
				if (typeof value === 'function') {
					uncalled.add(at)
					const called = (...given: unknown[]): unknown => {
						uncalled.delete(at)
						return Reflect.apply(value, port, given)
					}
					return [key, called]
				}
				return [key, typeof value === 'object' && value !== null ? watched(value, at) : value]
			}),
		) as P
	Object.assign(deps, {
		grants: watched(deps.grants, 'grants'),
		directory: watched(deps.directory, 'directory'),
		reader: watched(deps.reader, 'reader'),
		watch: watched(deps.watch, 'watch'),
		notifications: { ...deps.notifications, port: watched(deps.notifications.port, 'subscriptions') },
	})
	return () => [...uncalled].sort()
}
