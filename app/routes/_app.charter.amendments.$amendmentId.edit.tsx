import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { AmendmentEditor } from '#app/components/amendment-editor.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { useAmendmentErrors } from '#app/components/use-amendment-errors.ts'
import { useWords } from '#app/messages/text.tsx'
import { readAmendmentForm, refusedAmendment } from '#app/utils/amendment-form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ amendmentId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'charter:amend')
	return handled(async () => {
		const { amendmentId } = parseParams(paramsSchema, args.params)
		return { editor: await args.context.services.amendments.reopen(actor, amendmentId) }
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'charter:amend')
	const { amendmentId } = parseParams(paramsSchema, args.params)
	const form = await readAmendmentForm(args.request)
	if (!form.ok) return data(form.answer, { status: 422 })
	const edited = await attempted(() =>
		args.context.services.amendments.edit(actor, amendmentId, {
			...form.value,
			lockVersion: form.lockVersion,
		}),
	)
	return edited.ok
		? redirect(`/charter/amendments/${amendmentId}`)
		: data(refusedAmendment(edited.refusal, form.sent), { status: edited.status })
}

export const meta = titled('titles.amendmentEdit')

export default function EditAmendmentPage() {
	const { t } = useWords()
	const { editor } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const { errors, message } = useAmendmentErrors(answer)
	return (
		<>
			<h1>{t('amendments.editTitle', { next: editor.version + 1 })}</h1>
			{editor.isRebased ? (
				<p className="notice">{t('amendments.rebased', { version: editor.version })}</p>
			) : null}
			<ErrorSummary errors={errors} message={message} />
			<AmendmentEditor
				editor={editor}
				errors={errors}
				problems={answer?.problems ?? []}
				sent={answer?.sent ?? {}}
			/>
		</>
	)
}
