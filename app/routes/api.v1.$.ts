import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { answerProgram, requireProgram } from '#app/utils/api-http.server.ts'

/** The HTTP API: programs file, read and withdraw in a person's place, with a bearer token. Nothing is decided here. */
export async function loader(args: LoaderFunctionArgs) {
	return answerProgram(args, await requireProgram(args))
}

export async function action(args: ActionFunctionArgs) {
	return answerProgram(args, await requireProgram(args))
}
