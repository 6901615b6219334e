import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SHARED = join(import.meta.dirname, '../../shared')

/** Published material beside the checkout: used when it is there, named in the test report when it is not. */
export function sharedJson<T>(path: string): T | null {
	const file = join(SHARED, path)
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T
	console.warn(`skipped: ../shared/${path} is not beside this checkout, so its checks do not run here`)
	return null
}
