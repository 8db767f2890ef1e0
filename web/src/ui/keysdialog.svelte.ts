/** Whether the dialog of the keys is open: from the top bar, from a screen's list of keys, from anywhere. */
class KeysDialogState {
  open = $state(false);
}

export const keysDialog = new KeysDialogState();
