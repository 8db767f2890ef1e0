/** How many alerts wait for somebody: shown in the tab's title, on whatever page counts them. */
class Attention {
  count = $state(0);
}

export const attention = new Attention();
