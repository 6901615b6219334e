import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Code under test that complains on the console has something to say: the test fails unless it expected that. */
let complaints: ReturnType<typeof vi.spyOn>

beforeEach(() => {
	complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

afterEach(() => {
	const said = complaints.mock.calls.map((call: unknown[]) => call.map(String).join(' '))
	complaints.mockRestore()
	expect(said, 'unexpected console.error').toEqual([])
})
