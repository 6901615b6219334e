import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { answerInScim, requireProvisioner } from '#app/utils/scim-http.server.ts'

/** SCIM 2.0 (RFC 7644): a directory or an HR system provisions people, with a bearer token. */
export async function loader(args: LoaderFunctionArgs) {
	return answerInScim(args, await requireProvisioner(args))
}

export async function action(args: ActionFunctionArgs) {
	return answerInScim(args, await requireProvisioner(args))
}
