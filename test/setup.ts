import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Code under test that complains on the console has something to say: the test fails unless it expected that. */
const complaints: string[] = []

beforeEach(() => {
	complaints.length = 0
	vi.spyOn(console, 'error').mockImplementation(
		(...said: unknown[]) => void complaints.push(said.map(String).join(' ')),
	)
})

afterEach(() => {
	vi.restoreAllMocks()
	expect(complaints, 'unexpected console.error').toEqual([])
})
